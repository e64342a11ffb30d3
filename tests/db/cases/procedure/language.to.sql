-- differences: 1
CREATE SCHEMA app;
SET check_function_bodies = off;
CREATE PROCEDURE app.p(a integer, b text) LANGUAGE sql AS 'BEGIN END';
