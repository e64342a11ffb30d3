-- differences: 1
CREATE SCHEMA app;
CREATE UNLOGGED SEQUENCE app.s;
SELECT nextval('app.s');
