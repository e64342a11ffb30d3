-- differences: 1
CREATE SCHEMA app;
CREATE TYPE app.c AS (a integer);
