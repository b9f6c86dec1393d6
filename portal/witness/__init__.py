"""The other side: a witness of logs (C2SP tlog-witness). It needs a folder and nothing else of a portal."""
