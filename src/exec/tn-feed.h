/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes into a model's inputs: given data as float32, or synthetic numbers. */
#pragma once

#include "exec/tn-run.h"
#include "ops/tn-op.h"

G_BEGIN_DECLS

/* Fills @out with samples @first … @first + @n - 1 of @sample elements each. Number i of sample s
 * of the input @name depends on seed, name, s and i alone: never on how samples are batched. */
void tn_feed_synthetic (TnDataKind kind, guint64 seed, const char *name, gint64 first, gint64 n,
                        gint64 sample, float *out, const TnKernelContext *context);
/* The same in whole numbers from 0 to @ids - 1, each as likely; zeros and ones (where there is a 1)
 * as @kind has it. */
void tn_feed_ids (TnDataKind kind, guint64 seed, const char *name, gint64 first, gint64 n,
                  gint64 sample, gint64 ids, float *out, const TnKernelContext *context);
/* Numbers from [0, 1) become whole ones below @limit. */
void tn_feed_whole (float *numbers, gint64 n, gint64 limit);
/* Fills @out from @tensor, whose first axis is the samples, of any dtype. */
void tn_feed_given (TnTensor *tensor, gint64 first, gint64 n, gint64 sample, float *out,
                    const TnKernelContext *context);

G_END_DECLS
