-- differences: 2
CREATE SCHEMA app;
CREATE TYPE app.c AS (a integer, b varchar(10)[], "c ""d, (e" text COLLATE "C", d numeric(8, 2));
CREATE TYPE app.none AS ();
