CREATE SCHEMA app;
CREATE TYPE app.state AS ENUM ('on');
CREATE PROCEDURE app.p(a integer, b text) LANGUAGE plpgsql AS 'BEGIN END';
