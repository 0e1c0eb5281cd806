"""Where samples come from: generators, bundled sets, CSV files and drawn points, split and scaled.

To add a data set, write its function (`synthetic.py` or `bundled.py`) and declare it in `registry.py`.
"""
