CREATE SCHEMA app;
CREATE SEQUENCE app.s AS smallint MAXVALUE 32766;
SELECT nextval('app.s');
SELECT nextval('app.s');
