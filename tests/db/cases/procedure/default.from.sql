CREATE SCHEMA app;
CREATE PROCEDURE app.p(a integer, b text DEFAULT 'x') LANGUAGE plpgsql AS 'BEGIN END';
