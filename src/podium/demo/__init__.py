"""The demo: a travel desk of real services, and a folder of documents, worked on by workflows that survive a kill."""
