CREATE SCHEMA app;
CREATE PROCEDURE app.p(a integer, b text) LANGUAGE plpgsql AS 'BEGIN END';
