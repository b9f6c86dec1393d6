"""supervisor_desk"""
