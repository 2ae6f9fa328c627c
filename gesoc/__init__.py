"""Project package of Mesa de Datos. Imports nothing, so that the keeper of the services stays small."""
