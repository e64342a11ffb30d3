-- differences: 1
CREATE SCHEMA app;
CREATE TYPE app.c AS (a integer, b text, c numeric(8, 2), "d ""e, (f" text);
