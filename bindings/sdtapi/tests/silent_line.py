"""A serial line with nothing on it, behind a link: `silent_line.py LINK`."""
import os
import pty
import sys
import time
import tty

master, line = pty.openpty()
tty.setraw(line)
os.symlink(os.ttyname(line), sys.argv[1])
# Kept open, so that the line doesn't hang up between two programs; free for whoever wants it alone.
while True:
    time.sleep(3600)
