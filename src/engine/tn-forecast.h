/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnForecast: the facts of a model that is only thought of, found in the background. */
#pragma once

#include "infer/tn-facts.h"

G_BEGIN_DECLS

/* Belongs to who asked; of one thread. */
typedef struct _TnForecast TnForecast;

/* Once, on the thread that asked. The forecast may be freed from within. */
typedef void (*TnForecastFunc) (TnForecast *forecast, const TnFacts *facts, gpointer data);

/* @previous (may be NULL) makes it quicker. */
TnForecast *tn_forecast_new (const TnGraph *graph, const TnFacts *previous, TnForecastFunc func,
                             gpointer data);
/* Gives it up if it still runs; its function is not called any more. Waits for nothing. */
void tn_forecast_free (TnForecast *forecast);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnForecast, tn_forecast_free)

G_END_DECLS
