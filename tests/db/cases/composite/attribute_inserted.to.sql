-- differences: 1
CREATE SCHEMA app;
CREATE TYPE app.c AS (a integer, c numeric(8, 2), b text);
