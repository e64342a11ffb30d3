-- differences: 1
CREATE SCHEMA app;
CREATE PROCEDURE app.p(a integer, INOUT b text) LANGUAGE plpgsql AS 'BEGIN END';
