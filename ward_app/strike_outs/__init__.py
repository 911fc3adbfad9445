"""Strike-outs of many sets at once: a device or a person whose readings were wrong."""
