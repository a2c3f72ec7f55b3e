"""What is done for each route; `server.table` says which. Handlers take a request that was checked."""
