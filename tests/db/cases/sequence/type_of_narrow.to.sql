-- differences: 1
CREATE SCHEMA app;
CREATE SEQUENCE app.s AS bigint;
SELECT nextval('app.s');
SELECT nextval('app.s');
