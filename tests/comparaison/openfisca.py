"""The tariff of main.rs said with OpenFisca-Core: residence (3) x 10 bands of 100 euros of quotient.

Prints families a second, the simulation's construction counted and not, and what one family alone takes.
Money is numpy float32 there: amounts are compared to the cent on this small grid, which float32 still holds.
"""
import statistics
import time

import numpy
from openfisca_core.entities import build_entity
from openfisca_core.indexed_enums import Enum
from openfisca_core.periods import DateUnit
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

foyer = build_entity(key="foyer", plural="foyers", label="Foyer", is_person=True)


class Residence(Enum):
    zone_0 = "zone_0"
    zone_1 = "zone_1"
    zone_2 = "zone_2"


class residence(Variable):
    value_type = Enum
    possible_values = Residence
    default_value = Residence.zone_0
    entity = foyer
    definition_period = DateUnit.MONTH


class quotient(Variable):
    value_type = float
    entity = foyer
    definition_period = DateUnit.MONTH


BORNES = numpy.arange(100, 1000, 100)


class prix(Variable):
    value_type = float
    entity = foyer
    definition_period = DateUnit.MONTH

    def formula(foyers, period):
        zone = foyers("residence", period)
        bande = numpy.digitize(foyers("quotient", period), BORNES)
        return (100 + 37 * bande + 150 * numpy.asarray(zone)) / 100


systeme = TaxBenefitSystem([foyer])
systeme.add_variables(residence, quotient, prix)
MOIS = "2025-09"


def construit(n):
    simulation = SimulationBuilder().build_default_simulation(systeme, count=n)
    i = numpy.arange(n)
    simulation.set_input("residence", MOIS, (i % 3).astype(numpy.uint8))
    simulation.set_input("quotient", MOIS, ((i * 7919) % 1200).astype(numpy.float32))
    return simulation


def mesure(n, tours):
    totales, calculs = [], []
    for _ in range(tours):
        debut = time.process_time()
        simulation = construit(n)
        construite = time.process_time()
        valeurs = simulation.calculate("prix", MOIS)
        fini = time.process_time()
        totales.append(fini - debut)
        calculs.append(fini - construite)
    i = numpy.arange(n)
    attendu = 100 + 37 * numpy.minimum((i * 7919) % 1200 // 100, 9) + 150 * (i % 3)
    assert (numpy.rint(valeurs * 100).astype(int) == attendu).all()
    return statistics.median(totales), statistics.median(calculs)


total, calcul = mesure(1_000_000, 7)
print(f"1,000,000 families: {1 / total:.1f} M/s with building, {1 / calcul:.1f} M/s calculation alone")
total, calcul = mesure(1, 301)
print(f"one family: {total * 1e6:.0f} us with building, {calcul * 1e6:.0f} us calculation alone")
