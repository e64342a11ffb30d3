-- differences: 1
CREATE SCHEMA app;
CREATE PROCEDURE app.p(a integer, "c c" text) LANGUAGE plpgsql AS 'BEGIN END';
