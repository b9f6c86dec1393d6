"""unit_desk"""
