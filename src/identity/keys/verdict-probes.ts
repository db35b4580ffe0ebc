/**
 * What an engine's own verifier is asked before it is believed: those of `vectors/ed25519.json` in which the key counts and
 * S < L, so that all depends on how R is compared. (Keys and S are judged by us.) All are of one key and one message.
 */
export const PROBED_KEY = "ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c";
export const PROBED_MESSAGE = "686561726261636b";

export interface Probe {
  readonly name: string;
  readonly r: string;
  readonly s: string;
  readonly holds: boolean;
}

/** Bytes in hex. A verifier with the cofactor, or one that decodes R loosely, says yes to those with torsion or an odd encoding. */
export const PROBES: readonly Probe[] = [
  {
    name: "good",
    r: "44ed25087522a6519b31821d88ba27bbf644e26b8618a12089ff85ae8ab1a7ad",
    s: "9b9d8df702afd2110ef882f1f31bcef0dd7ed54561c5d0de0b9ea493a2cc330d",
    holds: true,
  },
  {
    name: "S = 0",
    r: "44ed25087522a6519b31821d88ba27bbf644e26b8618a12089ff85ae8ab1a7ad",
    s: "0000000000000000000000000000000000000000000000000000000000000000",
    holds: false,
  },
  {
    name: "R chosen freely",
    r: "c4c1227d7fff941a976049ecefad7b663fa5121d769cbbd79a53d344e4773e98",
    s: "c4063c200d49086857d391651491b05c23fe7a85b96fbdc6687448a4d34ab301",
    holds: true,
  },
  {
    name: "R neutral, canonical",
    r: "0100000000000000000000000000000000000000000000000000000000000000",
    s: "692d87b881211326a4b7ce5e77a30ba81c56daa7b6dd9214144b784f4fd11108",
    holds: true,
  },
  {
    name: "R off the curve",
    r: "0200000000000000000000000000000000000000000000000000000000000000",
    s: "41c1de5f09b6efeddc7b983afd406b97dabe976d369ac505054050359427130b",
    holds: false,
  },
  {
    name: "R with torsion 1",
    r: "c2ecc2af9bfefd06ee0f9cbb9adf4abda71f6a01db3f1a78458754856f6bd5c4",
    s: "f71296f3c16233f021a43b7c73118931f621a8913a8f5cb81006cba4b3d03006",
    holds: false,
  },
  {
    name: "R of small order 1",
    r: "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    s: "ae2a30fabd55bc51866a1b40a0b8c6907971b25ee4ddce6ba3f33fe2203a8b04",
    holds: false,
  },
  {
    name: "R with torsion 2",
    r: "1d742f18f7d12e7fe2b6200d2a709fb86e3092c4e61088eff161f2d5c021781e",
    s: "56a65875b595667c510eaa6d4faca98c6a8fb36cd26b4e4d9b80e713a0f6990b",
    holds: false,
  },
  {
    name: "R of small order 2",
    r: "0000000000000000000000000000000000000000000000000000000000000080",
    s: "2acc66626eb1b7425c343a7248f133168fc7946ff779d6de30ad79c7782e7c04",
    holds: false,
  },
  {
    name: "R with torsion 4",
    r: "293edd8280006be5689fb61310528499c05aede28963442865ac2cbb1b88c167",
    s: "0f6507ea92d1a12a379cce36728cb07dd108196fe55e14d8489ecca4e24d4103",
    holds: false,
  },
  {
    name: "R of small order 4",
    r: "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    s: "8a55792eed76927e9a6ce99fa65c114a410cc31f410b4643e3cc25d9a8379704",
    holds: false,
  },
  {
    name: "y = p + 1 R",
    r: "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    s: "bb1b95fdcde2ad6e4579a641f6566ff89bab9ad86fb5440b6cf49c8ccfc2b808",
    holds: false,
  },
  {
    name: "y = p R",
    r: "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    s: "364af636a618b18c6960882b441598f2c3ac0ea4f58244d428bb93a0ce1ce904",
    holds: false,
  },
  {
    name: "y = p, x negative R",
    r: "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    s: "a06b81f42754f48b9925f5482001a5b02ffd021923b17c4f223ea69c4e28e40b",
    holds: false,
  },
  {
    name: "y = 1, x = -0 R",
    r: "0100000000000000000000000000000000000000000000000000000000000080",
    s: "b7bb73400ecd2fe38c1950995de422617423772290d4abe8c2603fa3cb8f6508",
    holds: false,
  },
  {
    name: "y = -1, x = -0 R",
    r: "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    s: "f64dc0fa6a92a79ba3c2933d6b44f74a0b3684e188a9540a22a4f9a850d01501",
    holds: false,
  },
  {
    name: "y = p + 1, x = -0 R",
    r: "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    s: "0b69a6170cb32fa1266c053ac165ad7b0a3e53d7755e97a22e71d1d26436f504",
    holds: false,
  },
];
