"""The record: an append-only, provable log of everything ever published. Windows read only this."""
