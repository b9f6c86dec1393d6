"""leader_desk"""
