"""Puts this folder on the path: tests share `build`."""
