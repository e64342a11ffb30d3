CREATE SCHEMA app;
CREATE PROCEDURE app.p(a integer, OUT b integer) LANGUAGE plpgsql AS 'BEGIN END';
