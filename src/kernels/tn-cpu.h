/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What this processor can do: instruction set, caches, and the peak that it was measured at. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* By the vectors that kernels are compiled for; a processor can do all up to its own. */
typedef enum
{
  TN_ISA_GENERIC, /* vectors of 4 floats, on any processor */
  TN_ISA_AVX2,    /* 8 floats, with fused multiply-add */
  TN_ISA_AVX512,  /* 16 floats */
  TN_N_ISAS,
} TnIsa;

/**
 * TnCpu:
 * @isa: the best that processor and system can run, or less if the environment variable TENON_ISA
 *     (generic, avx2, avx512) says so
 * @l1, @l2: bytes of a core's data caches; what is usual where the system does not tell
 */
typedef struct
{
  TnIsa isa;
  gsize l1;
  gsize l2;
} TnCpu;

/* Found out once; the same for the whole process. */
const TnCpu *tn_cpu (void);

/* "avx512"; static. */
const char *tn_isa_name (TnIsa isa);

/* What the processor calls itself, with the numbers of its model; where it cannot be asked, the
 * name of the computer. Static. */
const char *tn_cpu_name (void);

/* Multiply-adds, two operations each, that one thread has been measured to do in a second with
 * nothing to load, in units of 10⁹ operations. The first call measures, which takes some
 * milliseconds of CPU time of the calling thread. */
double tn_cpu_peak_gflops (void);

/* CPU seconds that the calling thread has used: the clock to measure kernels by, since it stands
 * still while others have the processor. */
double tn_cpu_thread_seconds (void);

G_END_DECLS
