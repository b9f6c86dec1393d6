"""What people do: one module per use case. Session, actor and time are arguments; nothing commits."""
