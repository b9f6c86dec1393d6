"""Where citizens ask to be told by mail, confirm it, and end it. Nobody is signed in; a link in a letter is all."""
