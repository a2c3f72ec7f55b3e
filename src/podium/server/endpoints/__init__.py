"""What is done for each route; `server.table` says which. A handler takes the service and a request that was checked."""
