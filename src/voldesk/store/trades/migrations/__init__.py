"""How the tables of trades came to be what they are; run by Alembic from inside the package."""
