package dev.bpfgauge.simulation;

import java.util.Random;

/** How forks of one cell differ from each other when nothing changed: models for simulations. */
enum NoiseModel {
  QUIET("normal, CV 1 %") {
    @Override
    double logFactor(Random random) {
      return 0.01 * random.nextGaussian();
    }
  },
  USUAL("normal, CV 2 %") {
    @Override
    double logFactor(Random random) {
      return 0.02 * random.nextGaussian();
    }
  },
  LIVELY("normal, CV 3 %") {
    @Override
    double logFactor(Random random) {
      return 0.03 * random.nextGaussian();
    }
  },
  /** Student's t with 3 degrees of freedom, scaled to a standard deviation of 2 %. */
  HEAVY_TAILS("heavy tails, CV 2 %") {
    @Override
    double logFactor(Random random) {
      double chiSquared = 0;
      for (int i = 0; i < 3; i++) {
        double z = random.nextGaussian();
        chiSquared += z * z;
      }
      return 0.02 * random.nextGaussian() / Math.sqrt(chiSquared);
    }
  },
  /** One fork in ten lost a sixth of its time to a neighbour. */
  NEIGHBOUR("CV 1 %, 1 fork in 10 +20 %") {
    @Override
    double logFactor(Random random) {
      return 0.01 * random.nextGaussian() + (random.nextInt(10) == 0 ? Math.log(1.2) : 0);
    }
  },
  /** Each fork falls into one of two memory layouts. */
  TWO_LAYOUTS("two layouts 5 % apart") {
    @Override
    double logFactor(Random random) {
      return 0.005 * random.nextGaussian() + (random.nextBoolean() ? 0.05 : 0);
    }
  },
  DISTURBED("normal, CV 10 %") {
    @Override
    double logFactor(Random random) {
      return 0.10 * random.nextGaussian();
    }
  };

  private final String words;

  NoiseModel(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }

  /** The logarithm of what one fork's time is multiplied by. */
  abstract double logFactor(Random random);
}
