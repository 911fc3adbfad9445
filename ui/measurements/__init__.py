"""Screens of bedside measurements; every form is made from the kind's data."""
