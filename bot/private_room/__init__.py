"""The private room: a page on the hospital's own site where a handed-off patient goes on."""
