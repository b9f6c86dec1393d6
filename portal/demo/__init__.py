"""The demonstration district: fictional, deterministic, built through the workflows people use."""
