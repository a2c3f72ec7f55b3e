"""Small workflows to read and to run: `podium run examples/order.py item=tea`. Each is also a test."""
