"""Nursing notes on screen: lists, reading, writing from templates, looking up."""
