-- differences: 1
CREATE SCHEMA app;
CREATE TYPE app.c AS (b text, a integer);
