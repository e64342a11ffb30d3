-- refused: 2BP01
CREATE SCHEMA app;
