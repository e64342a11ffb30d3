CREATE SCHEMA app;
CREATE SEQUENCE app.s AS smallint;
SELECT nextval('app.s');
SELECT nextval('app.s');
