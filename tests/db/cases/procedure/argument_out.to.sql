-- differences: 1
CREATE SCHEMA app;
CREATE TYPE app.state AS ENUM ('on');
CREATE PROCEDURE app.p(a integer, b text, OUT c integer, OUT d app.state[]) LANGUAGE plpgsql AS 'BEGIN END';
