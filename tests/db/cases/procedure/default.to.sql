-- differences: 1
CREATE SCHEMA app;
CREATE PROCEDURE app.p(a integer, b text DEFAULT 'y') LANGUAGE plpgsql AS 'BEGIN END';
