"""What people look at: a run, its picture, its timeline, its journal, as plain data.

Pure functions from what is committed to frozen models. The dashboard, the HTML report, the terminal and
`podium.Client` show the same ones; the HTTP API's document is made of their schemas. They hold text from tools and
models as data: whoever shows it escapes it.
"""
