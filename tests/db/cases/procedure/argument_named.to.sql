-- differences: 1
CREATE SCHEMA app;
CREATE PROCEDURE app.p(a integer) LANGUAGE plpgsql AS 'BEGIN END';
