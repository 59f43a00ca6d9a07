/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the processor is said to do; the environment may only take from it. */
#include "kernels/tn-cpu.h"
#include "kernels/tn-tile.h"

static void
test_facts (void)
{
  const TnCpu *cpu = tn_cpu ();

  g_assert_true (cpu == tn_cpu ());
  g_assert_cmpint (cpu->isa, <, TN_N_ISAS);
  g_assert_nonnull (tn_tile_set (cpu->isa));
  g_assert_nonnull (tn_tile_set (TN_ISA_GENERIC));
  g_assert_cmpuint (cpu->l1, >=, 4 << 10);
  g_assert_cmpuint (cpu->l2, >=, cpu->l1);
  g_assert_cmpstr (tn_isa_name (TN_ISA_GENERIC), ==, "generic");
}

/* Any processor that Tenon runs on does 100 million operations a second, none a million of them
 * in the time. */
static void
test_peak (void)
{
  double start = tn_cpu_thread_seconds ();
  double peak = tn_cpu_peak_gflops ();
  double middle = tn_cpu_thread_seconds ();

  g_assert_cmpfloat (peak, >, 0.1);
  g_assert_cmpfloat (peak, <, 1e6);
  g_assert_cmpfloat (middle, >, start);
  g_assert_cmpfloat (tn_cpu_peak_gflops (), ==, peak);
  g_assert_cmpfloat (tn_cpu_thread_seconds () - middle, <, 0.5 * (middle - start));
}

/* In a process of its own: what is found out is found out once. */
static void
test_lowered (void)
{
  if (g_test_subprocess ())
    {
      g_assert_cmpint (tn_cpu ()->isa, ==, TN_ISA_GENERIC);
      return;
    }
  g_setenv ("TENON_ISA", "generic", TRUE);
  g_test_trap_subprocess (NULL, 0, 0);
  g_unsetenv ("TENON_ISA");
  g_test_trap_assert_passed ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cpu/lowered", test_lowered);
  g_test_add_func ("/cpu/facts", test_facts);
  g_test_add_func ("/cpu/peak", test_peak);
  return g_test_run ();
}
